package dev.onbehalf.pool.internal.jdbc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a large object, which ask the server by a number that the server gives to another
 * one in the next transaction: after the lease they would read from that, or write to it. So they
 * fail like the connection, save that there is nothing left to close of what was only read.
 */
final class LeasedStreams {
  private final PooledConnection connection;
  private boolean closed;

  private LeasedStreams(PooledConnection connection) {
    this.connection = connection;
  }

  /** As the caller gets it; itself, if it is none. */
  static @Nullable Object wrap(PooledConnection connection, @Nullable Object value) {
    LeasedStreams lease = new LeasedStreams(connection);
    if (value instanceof InputStream stream) {
      return lease.new Input(stream);
    }
    if (value instanceof OutputStream stream) {
      return lease.new Output(stream);
    }
    if (value instanceof Reader reader) {
      return lease.new Characters(reader);
    }
    return value instanceof Writer writer ? lease.new Text(writer) : value;
  }

  private interface Call<T> {
    T make() throws IOException;
  }

  private interface Step {
    void make() throws IOException;
  }

  private <T> T within(Call<T> call) throws IOException {
    try {
      connection.requireOpen();
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
    try {
      return call.make();
    } catch (IOException e) { // the driver's, around what it met, or that the stream is closed
      if (e.getCause() instanceof SQLException met) {
        connection.noteFailure(met);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      connection.noteFailure(e);
      throw e;
    }
  }

  private void does(Step step) throws IOException {
    within(
        () -> {
          step.make();
          return true;
        });
  }

  private void closes(Step step) throws IOException {
    if (!connection.isOver()) {
      does(step);
    }
  }

  /** Writes what is left, so that only a second time may come after the lease. */
  private void finishes(Step step) throws IOException {
    if (!closed) {
      does(step);
      closed = true;
    }
  }

  private final class Input extends FilterInputStream {
    Input(InputStream stream) {
      super(stream);
    }

    @Override
    public int read() throws IOException {
      return within(super::read);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return within(() -> super.read(target, offset, length));
    }

    @Override
    public long skip(long count) throws IOException {
      return within(() -> super.skip(count));
    }

    @Override
    public int available() throws IOException {
      return within(super::available);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // around what blocks
    public void reset() throws IOException {
      does(super::reset);
    }

    @Override
    public void close() throws IOException {
      closes(super::close);
    }
  }

  private final class Output extends OutputStream {
    private final OutputStream stream;

    Output(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int value) throws IOException {
      does(() -> stream.write(value));
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      does(() -> stream.write(source, offset, length));
    }

    @Override
    public void flush() throws IOException {
      does(stream::flush);
    }

    @Override
    public void close() throws IOException {
      finishes(stream::close);
    }
  }

  private final class Characters extends Reader {
    private final Reader reader;

    Characters(Reader reader) {
      this.reader = reader;
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      return within(() -> reader.read(target, offset, length));
    }

    @Override
    public boolean ready() throws IOException {
      return within(reader::ready);
    }

    @Override
    public void close() throws IOException {
      closes(reader::close);
    }
  }

  private final class Text extends Writer {
    private final Writer writer;

    Text(Writer writer) {
      this.writer = writer;
    }

    @Override
    public void write(char[] source, int offset, int length) throws IOException {
      does(() -> writer.write(source, offset, length));
    }

    @Override
    public void flush() throws IOException {
      does(writer::flush);
    }

    @Override
    public void close() throws IOException {
      finishes(writer::close);
    }
  }
}
