package dev.penstock.core;

import com.google.errorprone.annotations.MustBeClosed;
import org.jspecify.annotations.Nullable;

/// A version that can be asked to serve, as a route table holds it. It may be unloaded at any time, except
/// while somebody holds a [Lease]. Thread-safe.
public interface VersionHandle {
    ModelKey key();

    /// What callers must send: the file's signature with the configuration laid over it.
    Signature signature();

    /// The same without a wish to have it found out; null if it is not known.
    default @Nullable Signature knownSignature() {
        return signature();
    }

    /// @return a lease, or null if the version is being unloaded
    @MustBeClosed
    @Nullable
    Lease tryLease();

    /// The right to use a loaded model until closed. Close it once; any thread may.
    interface Lease extends AutoCloseable {
        LoadedModel model();

        @Override
        void close();
    }
}
