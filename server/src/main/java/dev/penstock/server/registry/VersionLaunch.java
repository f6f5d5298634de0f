package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.cache.CachedVersion;
import dev.penstock.server.source.ModelFiles;
import org.jspecify.annotations.Nullable;

/// Brings versions from the disk to where they can serve. Confined to the loader thread.
final class VersionLaunch {
    private final VersionLoader loader;
    private final ServingSurroundings around;

    VersionLaunch(VersionLoader loader, ServingSurroundings around) {
        this.loader = loader;
        this.around = around;
    }

    /// Looks at a version that was loaded to be looked at.
    @FunctionalInterface
    interface Look {
        /// @param before what callers send now to the version it would follow; null if there is none
        void at(VersionLoader.Loaded loaded, ModelSettings settings, @Nullable Signature before);
    }

    /// See [VersionLoader#open].
    @MustBeClosed
    ModelFiles.Folder files(ModelFolder folder, long number) {
        return loader.open(folder, number);
    }

    /// Loads a version and has it looked at.
    ///
    /// @param opened its files; closed with it, or at once if it must not serve
    /// @param before what callers send now to the version it follows; null if there is none
    /// @throws ModelLoadException if it cannot be loaded, or is turned down
    @SuppressWarnings("MustBeClosedChecker") // what was loaded is closed when the version is retired
    LoadedVersion load(
            ModelFolder folder,
            ModelSettings settings,
            long number,
            ModelFiles.Folder opened,
            @Nullable Signature before) {
        VersionLoader.Loaded loaded = null;
        boolean admitted = false;
        try {
            loaded = loader.load(folder, settings, number, opened);
            around.watch().admit(new ModelKey(folder.name(), number), loaded, settings, before);
            LoadedVersion version =
                    new LoadedVersion(loaded.model(), loaded.signature(), around.loaderThread(), opened::close);
            admitted = true;
            return version;
        } finally {
            if (!admitted && loaded != null) {
                loaded.close();
            } else if (!admitted) {
                opened.close();
            }
        }
    }

    /// Loads a version that is not to serve, has it looked at, and closes it again.
    ///
    /// @throws ModelLoadException if it cannot be loaded
    void tryOut(ModelFolder folder, ModelSettings settings, long number, @Nullable Signature before, Look look) {
        try (ModelFiles.Folder opened = loader.open(folder, number);
                VersionLoader.Loaded loaded = loader.load(folder, settings, number, opened)) {
            look.at(loaded, settings, before);
        }
    }

    /// What callers meet: the version, or a cache in front of it.
    @SuppressWarnings("FutureReturnValueIgnored") // what closing a cache does cannot fail
    VersionHandle front(LoadedVersion version, ModelSettings settings) {
        if (settings.caching() == null) {
            return version;
        }
        CachedVersion cached = around.caches().inFrontOf(version, settings.caching());
        // Once it is out of memory, nobody waits for an answer any more.
        version.closed().thenRun(cached::close);
        return cached;
    }
}
