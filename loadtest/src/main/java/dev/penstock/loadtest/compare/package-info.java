/// How two results differ, and what of that may be chance. Pure statistics: nothing here reads, writes
/// or prints.
@NullMarked
package dev.penstock.loadtest.compare;

import org.jspecify.annotations.NullMarked;
