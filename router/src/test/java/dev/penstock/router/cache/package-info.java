@NullMarked
package dev.penstock.router.cache;

import org.jspecify.annotations.NullMarked;
