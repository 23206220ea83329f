package dev.onbehalf.pool.internal.evicting;

/**
 * Room between a connection's fields and the object before it, which may be the next connection:
 * two processors that write to one cache line wait for each other, whatever they write there (false
 * sharing). As wide as two lines, for processors fetch lines in pairs. HotSpot lays out a
 * superclass's fields before those of its subclasses, except where one fits a gap.
 */
@SuppressWarnings("unused")
abstract class OwnCacheLines {
  private int gap; // after the header, where else a subclass's field would come
  private long line00;
  private long line01;
  private long line02;
  private long line03;
  private long line04;
  private long line05;
  private long line06;
  private long line07;
  private long line10;
  private long line11;
  private long line12;
  private long line13;
  private long line14;
  private long line15;
  private long line16; // for headers of eight bytes
}
