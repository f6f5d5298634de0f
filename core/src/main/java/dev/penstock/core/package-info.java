/// The words everybody speaks: tensors, models, requests, replies, errors; and the ports between the modules.
@NullMarked
package dev.penstock.core;

import org.jspecify.annotations.NullMarked;
