/// What is known of each call once it is over, for those who want to know: traces and the access log. Doors
/// fill in records and see nobody who reads them.
@NullMarked
package dev.penstock.server.calls;

import org.jspecify.annotations.NullMarked;
