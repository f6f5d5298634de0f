@NullMarked
package dev.penstock.router.split;

import org.jspecify.annotations.NullMarked;
