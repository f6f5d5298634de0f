package dev.penstock.server.registry;

import dev.penstock.server.store.VersionRecord;

/// Has uploads, which no source has, where the other servers of the record find them. Thread-safe; blocks;
/// throws [dev.penstock.server.source.FetchException] and [dev.penstock.server.store.StoreException].
public interface UploadSharing extends AutoCloseable {
    /// There are no other servers.
    UploadSharing NONE = new UploadSharing() {
        @Override
        public void share(VersionRecord version) {
            // Nobody would fetch it.
        }

        @Override
        public boolean fetch(VersionRecord version) {
            return false;
        }

        @Override
        public void sweep() {
            // There is nothing.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /// Gives a version's files, which are here, to the others; durable when it returns.
    void share(VersionRecord version);

    /// Has a version's files here, if they were shared.
    ///
    /// @return whether all were
    boolean fetch(VersionRecord version);

    /// Drops what no version has any more.
    void sweep();

    @Override
    void close();
}
