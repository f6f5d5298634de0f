@NullMarked
package dev.penstock.router.arms;

import org.jspecify.annotations.NullMarked;
