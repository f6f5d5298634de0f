package dev.penstock.loadtest.result;

/// What a load cost the client.
///
/// @param threads that sent and received
/// @param cpuShare of the busiest thread's time that it used a core, 0 to 1; in an open loop, whose threads wait
///     awake, that it had something to do; NaN where it is not known
/// @param microsPerRequest CPU time of all threads
/// @param lateShare of the requests of an open loop that were sent more than a millisecond late, 0 to
///     1; NaN in a closed loop
public record ClientUse(int threads, double cpuShare, double microsPerRequest, double lateShare) {}
