@NullMarked
package dev.penstock.router.evidence;

import org.jspecify.annotations.NullMarked;
