@NullMarked
package dev.penstock.router.waiting;

import org.jspecify.annotations.NullMarked;
