package dev.penstock.server;

import dev.penstock.server.picture.DriftImage;
import dev.penstock.server.picture.DriftPage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `penstock drift`.
@Command(
        name = "drift",
        description = "Tell whether what a model of a running server sees and says lately is what is usual.",
        footer = {
            "",
            "Asks the admin API, as penstock models does.",
            "",
            "  penstock drift digits                      the last hour, feature by feature",
            "  penstock drift digits --open               the same with pictures, in the desktop's browser",
            "  penstock drift digits --html drift.html    that page in a file; --svg and --png write an image",
            "",
            "Exit codes: 0 nothing that matters   1 no answer   2 wrong command line   5 too little is known",
            "  6 it has drifted"
        })
final class DriftCommand extends VersionQuestion {
    private final Surroundings surroundings;

    @Option(names = "--window", paramLabel = "TIME", description = "The last time, 5m to 24h. Default: 1h, or as set")
    private String window = "";

    @Option(
            names = "--baseline",
            paramLabel = "ID",
            description = "Hold it against another baseline of the model, for once; one with the same bins.")
    private String baseline = "";

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with pictures, too.")
    private @Nullable Path html;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write its pictures as one SVG image, too.")
    private @Nullable Path svg;

    @Option(names = "--png", paramLabel = "FILE", description = "Write its pictures as one PNG image, too.")
    private @Nullable Path png;

    @Option(names = "--open", description = "Show the page in the desktop's browser.")
    private boolean open;

    DriftCommand(ConfigFlags flags, Surroundings surroundings) {
        super(flags, surroundings, "drift");
        this.surroundings = surroundings;
    }

    @Override
    String window() {
        return window;
    }

    @Override
    String baseline() {
        return baseline;
    }

    @Override
    String table(JsonNode answer) {
        return DriftTable.of(answer);
    }

    @Override
    boolean make(JsonNode drift) throws IOException {
        try {
            draw(drift);
            return true;
        } catch (UnsupportedOperationException e) {
            surroundings.err().println("--png: %s; --svg and --html need nothing".formatted(e.getMessage()));
        } catch (FileSystemException e) {
            surroundings.err().println("%s cannot be written: %s".formatted(e.getFile(), e));
        }
        return false;
    }

    private void draw(JsonNode drift) throws IOException {
        if (svg != null) {
            Files.writeString(svg, DriftImage.svg(drift));
        }
        if (png != null) {
            Files.write(png, DriftImage.png(drift));
        }
        Path page = html == null && open ? Files.createTempFile("penstock-drift-", ".html") : html;
        if (page != null) {
            Files.writeString(page, DriftPage.of(drift));
        }
        if (open && page != null) {
            boolean opened = DesktopBrowser.open(surroundings.environment(), page);
            surroundings.err().println((opened ? "opened " : "no browser to open it with: ") + page.toAbsolutePath());
        }
    }
}
