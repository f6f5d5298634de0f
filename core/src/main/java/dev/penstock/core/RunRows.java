package dev.penstock.core;

import java.lang.foreign.MemorySegment;

/// What one run read and computed, row by row, where it lies. Confined to the thread that ran it, and to the
/// call it is an argument of.
///
/// Tensors are numbered as the signature has them, inputs first: output 0 is the number of inputs. Elements are
/// little-endian, and rows follow one another without gaps.
public interface RunRows {
    /// Of a tensor that was left out, that was not asked for, or that has no row for every row of the run.
    long ABSENT = -1;

    /// Of a tensor of [DataType#BYTES], whose elements lie one after another, each as a 4-byte length and its
    /// bytes.
    long VARIES = 0;

    /// At least 1.
    int rows();

    /// Bytes of one row of that tensor, or [#ABSENT], or [#VARIES].
    long rowBytes(int tensor);

    /// Where the first row begins in [#memory]; only of a tensor that is there.
    long offset(int tensor);

    /// Read only; only of a tensor that is there. If it is BYTES, its last element ends where this ends.
    MemorySegment memory(int tensor);
}
