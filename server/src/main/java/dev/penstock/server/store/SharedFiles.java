package dev.penstock.server.store;

import java.nio.file.Path;

/// Copies of files that were uploaded to one server, for the others that share its record. Thread-safe; blocks
/// for as long as it takes; throws [StoreException].
public interface SharedFiles extends AutoCloseable {
    /// Keeps a copy of a file; does nothing if there is one. It is durable when this returns.
    ///
    /// @throws StoreException with `REFUSED` if the content is not what the file says
    void put(StoredFile file, Path content);

    /// Writes a file that does not exist yet; it is complete, verified and durable when this returns.
    ///
    /// @return whether there is a copy
    /// @throws StoreException with `UNREADABLE` if the copy is not what the file says
    boolean fetch(StoredFile file, Path target);

    /// Drops copies that are a day old and belong to no recorded version. A younger one may be of a version
    /// that is just being registered.
    ///
    /// @return how many
    int sweep();

    @Override
    void close();
}
