package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.net.Redacted;
import dev.penstock.server.store.Lineage;
import java.util.Map;

/// A model file behind an `http` or `https` URI.
final class WebSource implements Source {
    private final Web web;
    private final Downloads downloads;

    WebSource(Web web, Downloads downloads) {
        this.web = web;
        this.downloads = downloads;
    }

    @Override
    public Fetched fetch(String uri, Intake intake) {
        downloads.addOnly(intake, new WebRemote(web, Uris.parse(uri), Map.of(), intake.deadline()), "");
        return intake.fetched(Redacted.forRecord(uri), Lineage.UNKNOWN);
    }
}
