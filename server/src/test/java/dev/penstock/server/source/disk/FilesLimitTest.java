package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What stays and what goes where files are dropped that nobody needs, or there is no room for all.
class FilesLimitTest extends DataFolder {
    @Test
    void aSweepDropsWhatNoVersionHasButNotWhatIsNotSettled() {
        try (DiskModelFiles files = open(1 << 20, null)) {
            StoredFile recorded = keep(files, "a", "recorded");
            StoredFile orphan = keep(files, "b", "orphan");

            files.needs(() -> needs(Set.of(recorded.sha256()), Set.of()));
            files.sweep();
            assertThat(files.has(List.of(recorded, orphan))).isTrue();

            files.settle(List.of(recorded, orphan));
            files.sweep();
            assertThat(files.has(List.of(recorded))).isTrue();
            assertThat(files.has(List.of(orphan))).isFalse();
        }
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() {
        StoredFile first;
        StoredFile second;
        StoredFile third;
        try (DiskModelFiles files = open(30, null)) {
            first = keep(files, "a", "1111111111");
            second = keep(files, "b", "2222222222");
            third = keep(files, "c", "3333333333");
            use(files, first);
        }
        try (DiskModelFiles files = open(20, null)) {

            files.needs(() -> needs(Set.of(first.sha256(), second.sha256(), third.sha256()), Set.of()));
            files.sweep();

            assertThat(files.has(List.of(first, third))).isTrue();
            assertThat(files.has(List.of(second))).isFalse();
        }
    }

    @Test
    void uploadsAndOpenFoldersOutliveTheLimit() {
        StoredFile upload;
        StoredFile open;
        StoredFile other;
        try (DiskModelFiles files = open(100, null)) {
            upload = keep(files, "a", "upload");
            open = keep(files, "b", "open");
            other = keep(files, "c", "other");
        }
        try (DiskModelFiles files = open(1, null)) {
            Set<String> all = Set.of(upload.sha256(), open.sha256(), other.sha256());
            try (ModelFiles.Folder folder = files.folder(List.of(open))) {
                files.needs(() -> needs(all, Set.of(upload.sha256())));
                files.sweep();

                assertThat(folder.path().resolve("b")).hasContent("open");
                assertThat(files.has(List.of(upload, open))).isTrue();
                assertThat(files.has(List.of(other))).isFalse();
            }
            files.sweep();
            assertThat(files.has(List.of(open))).isFalse();
        }
    }

    @Test
    void roomIsMadeWhileSomethingIsWrittenAndNothingIsWrittenBeyondTheLimit() {
        try (DiskModelFiles files = open(30, null)) {
            StoredFile old = keep(files, "a", "1111111111");
            StoredFile used = keep(files, "b", "2222222222");
            StoredFile upload = keep(files, "c", "3333333333");
            files.settle(List.of(old, used, upload));
            Set<String> recorded = Set.of(old.sha256(), used.sha256(), upload.sha256());
            files.needs(() -> needs(recorded, Set.of(upload.sha256())));
            try (ModelFiles.Folder folder = files.folder(List.of(used))) {
                assertThat(folder.path()).exists();
                keep(files, "d", "4444444444");
                assertThat(files.has(List.of(old))).isFalse();
                assertThat(files.has(List.of(used, upload))).isTrue();

                assertThatThrownBy(() -> keep(files, "e", "5555555555"))
                        .isInstanceOf(FetchException.class)
                        .hasMessageContaining("files.max-bytes is 30, of which 30 are taken");
            }
            assertThat(filesBelow("incoming")).isEmpty();
            // Once it is not in use any more.
            keep(files, "e", "5555555555");
            assertThat(files.has(List.of(used))).isFalse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatCannotFitDropsNothing() {
        try (DiskModelFiles files = open(30, null)) {
            StoredFile old = keep(files, "a", "1111111111");
            StoredFile upload = keep(files, "c", "3333333333");
            files.settle(List.of(old, upload));
            files.needs(() -> needs(Set.of(old.sha256(), upload.sha256()), Set.of(upload.sha256())));

            assertReason(Reason.DISK, () -> files.makeRoom(21));
            assertThat(files.has(List.of(old, upload))).isTrue();
            files.makeRoom(20);
            assertThat(files.has(List.of(old))).isFalse();
        }
    }

    @Test
    void whileNobodyKnowsWhatIsNeededNothingGoes() {
        try (DiskModelFiles files = open(10, null)) {
            StoredFile file = keep(files, "a", "1111111111");
            files.settle(List.of(file));

            assertReason(Reason.DISK, () -> keep(files, "b", "2"));
            files.needs(Optional::empty);
            files.sweep();
            assertReason(Reason.DISK, () -> keep(files, "b", "2"));
            assertThat(files.has(List.of(file))).isTrue();
        }
    }

    @Test
    void whereNothingWasEverRecordedOnlyWhatThisProcessBroughtGoes() {
        StoredFile found;
        StoredFile broughtAgain;
        StoredFile nothing;
        try (DiskModelFiles files = open(30, null)) {
            found = keep(files, "a", "1111111111");
            broughtAgain = keep(files, "b", "2222222222");
            nothing = keep(files, "n", "");
        }
        try (DiskModelFiles files = open(30, null)) {
            files.needs(() -> Optional.of(ModelFiles.Needs.NOTHING_RECORDED));
            files.settle(List.of(keep(files, "b", "2")));
            files.settle(List.of(keep(files, "n", "")));
            StoredFile brought = keep(files, "c", "3333333333");
            assertReason(Reason.DISK, () -> keep(files, "d", "4"));
            files.settle(List.of(brought));
            files.sweep();
            assertThat(files.has(List.of(brought))).isFalse();
            assertThat(files.has(List.of(found, broughtAgain, nothing))).isTrue();

            files.settle(List.of(keep(files, "b", "2222222222")));
            files.settle(List.of(keep(files, "c", "3333333333")));
            files.settle(List.of(keep(files, "d", "4444444444")));
            assertThat(files.has(List.of(found, broughtAgain))).isTrue();
            files.makeRoom(10);
            assertReason(Reason.DISK, () -> files.makeRoom(11));
            assertThat(files.has(List.of(found, broughtAgain))).isTrue();
        }
    }

    @Test
    void whatIsSettledAfterTheNeedsWereReadStays() {
        try (DiskModelFiles files = open(100, null)) {
            StoredFile file = keep(files, "a", "1111111111");
            files.needs(() -> {
                // Somebody records it and is done, just after this was read.
                files.settle(List.of(file));
                return needs(Set.of(), Set.of());
            });
            files.sweep();
            assertThat(files.has(List.of(file))).isTrue();
        }
    }

    @Test
    void equalBytesThatComeInTogetherCountOnce() throws Exception {
        int rounds = 20;
        int writers = 4;
        try (DiskModelFiles files = open(1 << 10, null);
                ExecutorService pool = Executors.newFixedThreadPool(writers)) {
            for (int i = 0; i < rounds; i++) {
                String content = "content %02d".formatted(i);
                CyclicBarrier together = new CyclicBarrier(writers);
                List<Callable<StoredFile>> keeps = Collections.nCopies(writers, () -> {
                    together.await();
                    return keep(files, "m", content);
                });
                for (Future<StoredFile> kept : pool.invokeAll(keeps)) {
                    assertThat(kept.get().bytes()).isEqualTo(content.length());
                }
            }

            int taken = rounds * "content 00".length();
            files.makeRoom((1 << 10) - taken);
            assertReason(Reason.DISK, () -> files.makeRoom((1 << 10) - taken + 1));
        }
    }

    @Test
    void whatWasDroppedAsDamagedMakesRoom() throws IOException {
        try (DiskModelFiles files = open(5, null)) {
            StoredFile file = keep(files, "m", "hello");
            Files.writeString(data.resolve("files/2c/" + HELLO), "hellO");
            assertReason(Reason.CORRUPT, () -> use(files, file));

            assertThat(keep(files, "m", "hello")).isEqualTo(file);
        }
    }

    private static Optional<ModelFiles.Needs> needs(Set<String> recorded, Set<String> irreplaceable) {
        return Optional.of(new ModelFiles.Needs(recorded, irreplaceable));
    }
}
