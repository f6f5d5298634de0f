@NullMarked
package dev.penstock.server.registry;

import org.jspecify.annotations.NullMarked;
