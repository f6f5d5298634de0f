/// Pictures of what is said of a version's drift: as a page, and as an image of their own.
@NullMarked
package dev.penstock.server.picture;

import org.jspecify.annotations.NullMarked;
