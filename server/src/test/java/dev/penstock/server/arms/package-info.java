@NullMarked
package dev.penstock.server.arms;

import org.jspecify.annotations.NullMarked;
