/// What both doors do alike, so that a caller cannot tell them apart: headers, ids, reserved parameters. It names no
/// network library.
@NullMarked
package dev.penstock.server.wire;

import org.jspecify.annotations.NullMarked;
