@NullMarked
package dev.penstock.server.rest.text;

import org.jspecify.annotations.NullMarked;
