/// What both doors' fast paths share: models whose rows have a fixed size, as their routes and lanes offer them, and
/// the memory that requests wait in. It sees no door.
@NullMarked
package dev.penstock.server.fast;

import org.jspecify.annotations.NullMarked;
