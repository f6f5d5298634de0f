@NullMarked
package dev.penstock.server.accesslog;

import org.jspecify.annotations.NullMarked;
