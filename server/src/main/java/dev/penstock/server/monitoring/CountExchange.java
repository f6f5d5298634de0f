package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.server.store.CountStore;
import dev.penstock.server.store.CountedWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;

/// Gives the record what this server counted and takes from it what others did. Waits for the record; for one
/// thread at a time.
final class CountExchange {
    private static final System.Logger LOG = System.getLogger(CountExchange.class.getName());

    /// After which silence another server tells of a version's drift.
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /// How long what was counted is kept, and how long all of it: a little longer than it is in windows.
    private static final Duration KEPT = Duration.ofHours(26);

    private static final Duration ALL_KEPT = Duration.ofMinutes(70);

    /// What is read of one server at once, by number.
    private static final long MOST_NUMBERS = 4;

    private static final Duration SWEEP_EVERY = Duration.ofHours(1);

    private final Sharing sharing;
    private final int mostCharacters;

    /// Versions of which it was said that they cannot be shared.
    private final Set<ModelKey> tooLarge = new HashSet<>();

    /// The last numbers that were read, by server.
    private final Map<String, Long> read = new HashMap<>();

    private boolean begun;
    private long sweptMillis;

    /// What is to be written.
    record Out(ModelKey key, Replica life, long atMillis, boolean hourly, Cumulative counts) {
        /// The later of two of which only one is written: it is kept as long as either would be.
        static Out insteadOf(Out unwritten, Out later) {
            boolean hourly = unwritten.hourly() || later.hourly();
            return new Out(later.key(), later.life(), later.atMillis(), hourly, later.counts());
        }

        /// The same once one before was written: that may be the one that is kept of their hour.
        Out after(Out written) {
            boolean isKept = written.hourly
                    && life.equals(written.life)
                    && Math.floorDiv(atMillis, HourSlots.HOUR_MILLIS)
                            == Math.floorDiv(written.atMillis, HourSlots.HOUR_MILLIS);
            return new Out(key, life, atMillis, hourly && !isKept, counts);
        }
    }

    /// @param unknown versions of which all is to be read that others counted
    /// @param watched versions of whose drift this server could tell
    /// @param left versions of which it cannot any more
    record Request(long nowMillis, List<Out> out, Set<ModelKey> unknown, Set<ModelKey> watched, Set<ModelKey> left) {}

    /// @param request that this answers
    /// @param past of the versions that were unknown, the oldest first
    /// @param news of all versions, in the order in which each server wrote them
    /// @param told who tells of a version's drift
    /// @param more whether there is more to be read at once
    record Answer(
            Request request,
            List<SharedWindow> past,
            List<SharedWindow> news,
            Map<ModelKey, String> told,
            boolean more) {}

    CountExchange(Sharing sharing) {
        this(sharing, CountStore.MOST_CHARACTERS);
    }

    /// @param mostCharacters of one version's JSON
    CountExchange(Sharing sharing, int mostCharacters) {
        this.sharing = sharing;
        this.mostCharacters = mostCharacters;
    }

    /// What came before a version was unknown is in its past, what came after in the news of this or a later
    /// answer.
    ///
    /// @throws dev.penstock.core.ServingException if the record cannot be reached; it is all to be asked again
    Answer run(Request request) {
        write(request);
        Map<String, CountStore.CountingServer> servers = sharing.records().read(CountStore::servers);
        Map<String, Long> reading = new HashMap<>(read);
        List<SharedWindow> news = news(servers, reading);
        List<SharedWindow> past = new ArrayList<>();
        for (ModelKey key : request.unknown()) {
            addAll(past, sharing.records().read(store -> store.of(key)));
        }
        boolean more = servers.entrySet().stream()
                .anyMatch(server -> server.getValue().last() != reading.getOrDefault(server.getKey(), 0L));
        Answer answer = new Answer(request, past, news, watchers(request, servers), more);
        // Whatever failed before is read again.
        read.putAll(reading);
        begun = true;
        return answer;
    }

    private void write(Request request) {
        List<CountedWindow> windows = written(request);
        long now = request.nowMillis();
        CountStore.Keeping keeping = new CountStore.Keeping(now - KEPT.toMillis(), now - ALL_KEPT.toMillis());
        sharing.records().write(store -> store.write(sharing.server(), now, windows, keeping));
        if (now - sweptMillis >= SWEEP_EVERY.toMillis()) {
            sharing.records().write(store -> store.sweep(now - KEPT.toMillis()));
            sweptMillis = now;
        }
    }

    private List<CountedWindow> written(Request request) {
        List<CountedWindow> windows = new ArrayList<>();
        for (Out out : request.out()) {
            CountedWindow window =
                    SharedWindow.written(out.key(), out.life(), out.atMillis(), out.hourly(), out.counts());
            if (window != null && fits(window)) {
                windows.add(window);
            }
        }
        return windows;
    }

    /// What does not is in no other version's way.
    private boolean fits(CountedWindow window) {
        if (window.counts().length() <= mostCharacters) {
            tooLarge.remove(window.key());
            return true;
        }
        if (tooLarge.add(window.key())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what is counted here of {0} is not known to other servers: {1} characters (expected: at most {2})",
                    window.key(),
                    window.counts().length(),
                    mostCharacters);
        }
        return false;
    }

    /// What servers wrote before this one looked first is in the past of the versions.
    ///
    /// @param reading the last numbers that are read, by server; these go on
    private List<SharedWindow> news(Map<String, CountStore.CountingServer> servers, Map<String, Long> reading) {
        List<SharedWindow> news = new ArrayList<>();
        servers.forEach((server, counting) -> {
            long known = reading.getOrDefault(server, begun ? 0L : counting.last());
            // Of a record that was emptied meanwhile all is news.
            long before = known > counting.last() ? 0 : known;
            boolean own = server.equals(sharing.server());
            long to = own ? counting.last() : Math.min(counting.last(), before + MOST_NUMBERS);
            if (!own && to > before) {
                addAll(news, sharing.records().read(store -> store.written(server, before, to)));
            }
            reading.put(server, to);
        });
        return news;
    }

    private static void addAll(List<SharedWindow> windows, List<CountedWindow> read) {
        for (CountedWindow window : read) {
            try {
                windows.add(SharedWindow.read(window));
            } catch (JacksonException | IllegalArgumentException e) {
                // Of another release, say.
                LOG.log(
                        System.Logger.Level.WARNING,
                        "what server {0} counted of {1} is left out: {2}",
                        window.server(),
                        window.key(),
                        e.getMessage());
            }
        }
    }

    /// Has this server tell of what nobody tells of.
    private Map<ModelKey, String> watchers(Request request, Map<String, CountStore.CountingServer> servers) {
        Map<ModelKey, String> told = new HashMap<>(sharing.records().read(CountStore::watchers));
        leaveWhatIsNotWatched(request, told);
        Map<ModelKey, String> wanted = new HashMap<>();
        for (ModelKey key : request.watched()) {
            String teller = told.getOrDefault(key, "");
            CountStore.CountingServer counting = servers.get(teller);
            if (counting == null || request.nowMillis() - counting.at() > SILENCE.toMillis()) {
                wanted.put(key, teller);
            }
        }
        if (wanted.isEmpty()) {
            return told;
        }
        sharing.records().write(store -> store.watch(sharing.server(), wanted));
        return sharing.records().read(CountStore::watchers);
    }

    /// Also what this server told before it was killed: nobody takes it from a server that is heard of.
    private void leaveWhatIsNotWatched(Request request, Map<ModelKey, String> told) {
        Set<ModelKey> left = new HashSet<>();
        told.forEach((key, teller) -> {
            if (teller.equals(sharing.server()) && !request.watched().contains(key)) {
                left.add(key);
            }
        });
        if (!left.isEmpty()) {
            sharing.records().write(store -> store.leave(sharing.server(), left));
            told.keySet().removeAll(left);
        }
    }

    /// This server ends: others may tell of what it told.
    void leave(Request last) {
        write(last);
        Set<ModelKey> all = new HashSet<>(last.watched());
        all.addAll(last.left());
        sharing.records().write(store -> store.leave(sharing.server(), all));
    }
}
