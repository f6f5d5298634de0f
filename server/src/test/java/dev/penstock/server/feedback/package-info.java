@NullMarked
package dev.penstock.server.feedback;

import org.jspecify.annotations.NullMarked;
