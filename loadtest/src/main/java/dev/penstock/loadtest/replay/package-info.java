/// Recorded requests, sent again: a server's payload log is read, its requests are sent at a rate, and the
/// answers are held against those that were recorded.
@NullMarked
package dev.penstock.loadtest.replay;

import org.jspecify.annotations.NullMarked;
