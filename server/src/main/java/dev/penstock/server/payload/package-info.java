/// The payload log: a share of the requests and what they were answered, redacted, in files and to a sink of
/// CloudEvents. Requests never wait for it.
@NullMarked
package dev.penstock.server.payload;

import org.jspecify.annotations.NullMarked;
