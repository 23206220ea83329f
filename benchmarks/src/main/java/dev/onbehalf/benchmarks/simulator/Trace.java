package dev.onbehalf.benchmarks.simulator;

/**
 * Who asks, one request after another.
 *
 * @param name what the table calls it
 * @param users how many users there are; they are numbered from 0
 * @param requests the user of each request
 * @param warmUp how many of the first requests are played, but not counted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Trace(String name, int users, int[] requests, int warmUp) {

  int counted() {
    return requests.length - warmUp;
  }
}
