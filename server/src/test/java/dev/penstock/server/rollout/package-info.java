@NullMarked
package dev.penstock.server.rollout;

import org.jspecify.annotations.NullMarked;
