/// How often which latency was seen, in HdrHistogram's slots: [LatencyCounts] to count in and to add up,
/// [Latencies] to keep.
@NullMarked
package dev.penstock.loadtest.latency;

import org.jspecify.annotations.NullMarked;
