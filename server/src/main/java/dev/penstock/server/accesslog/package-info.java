/// The access log: a line of JSON for each call that is taken.
@NullMarked
package dev.penstock.server.accesslog;

import org.jspecify.annotations.NullMarked;
