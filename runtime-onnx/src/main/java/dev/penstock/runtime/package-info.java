/// ONNX Runtime behind the ports of `core`. The only package that names it.
@NullMarked
package dev.penstock.runtime;

import org.jspecify.annotations.NullMarked;
