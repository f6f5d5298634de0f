/// HTTP/1.1 to hosts that are allowed, and to no other machine. Knows no models.
@NullMarked
package dev.penstock.server.source.net;

import org.jspecify.annotations.NullMarked;
