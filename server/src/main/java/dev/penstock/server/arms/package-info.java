/// What arms of routes predict, seen on the way of requests.
@NullMarked
package dev.penstock.server.arms;

import org.jspecify.annotations.NullMarked;
