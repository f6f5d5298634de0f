/// Where models' files come from, and the verified copies of them on this machine's disk. Knows no model
/// that is loaded and no transport of ours.
@NullMarked
package dev.penstock.server.source;

import org.jspecify.annotations.NullMarked;
