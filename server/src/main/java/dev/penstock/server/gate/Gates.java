package dev.penstock.server.gate;

import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import dev.penstock.server.wire.HeaderText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Judges versions before they serve. Thread-safe.
public final class Gates implements AutoCloseable {
    /// What is kept with a version and shown.
    private static final int MAX_DETAIL_CHARS = 4000;

    private final LatencyGate latency;
    private final WebhookGate webhook;

    /// Runs of two versions at once would be each other's latency.
    private final ReentrantLock measuring = new ReentrantLock();

    /// @param webhookHosts where webhooks may lead, each `host` or `host:port`; none for nowhere
    /// @param clock that runs are timed with
    /// @throws IllegalArgumentException if a host is not one
    public Gates(List<String> webhookHosts, NanoClock clock) {
        this.latency = new LatencyGate(clock);
        this.webhook = new WebhookGate(new AllowedHosts(webhookHosts));
    }

    /// Asks every gate, the cheap ones first; a refusal stops none of the others, so that all is told at once.
    /// Blocks for as long as the model runs and its webhook thinks: not for the thread that loads. What nobody
    /// foresaw is thrown: it may be this process's fault, and is no verdict.
    ///
    /// @param before what callers send now, to the version that this one follows; null if there is none
    /// @return what each of them says; see [#problem]
    /// @throws dev.penstock.core.ServingException if one is not answered because of [#close]
    public List<GateRecord> check(Candidate candidate, @Nullable Signature before) {
        List<GateRecord> said = new ArrayList<>();
        said.add(shortened(SignatureGate.judge(candidate, before)));
        said.add(shortened(SizeGate.judge(candidate)));
        said.add(shortened(BatchGate.judge(candidate)));
        said.add(shortened(GoldenGate.judge(candidate)));
        said.add(shortened(measured(candidate)));
        List<GateRecord> others = List.copyOf(said);
        said.add(shortened(webhook.judge(candidate, others)));
        return List.copyOf(said);
    }

    private GateRecord measured(Candidate candidate) {
        measuring.lock();
        try {
            return latency.judge(candidate);
        } finally {
            measuring.unlock();
        }
    }

    private static GateRecord shortened(GateRecord record) {
        return new GateRecord(record.gate(), record.verdict(), HeaderText.shorten(record.detail(), MAX_DETAIL_CHARS));
    }

    /// Why a version may not serve, in words: what the gates say that refuse it; or "" if it may.
    public static String problem(List<GateRecord> said) {
        return said.stream()
                .filter(record -> record.verdict() == Verdict.FAILED)
                .map(record -> "gate %s: %s".formatted(record.gate(), record.detail()))
                .collect(Collectors.joining("; "));
    }

    /// Waits for no webhook any more: whoever waits is told so, and asks none.
    @Override
    public void close() {
        webhook.close();
    }
}
