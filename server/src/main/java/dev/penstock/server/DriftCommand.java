package dev.penstock.server;

import dev.penstock.server.picture.DriftImage;
import dev.penstock.server.picture.DriftPage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
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
final class DriftCommand implements Callable<Integer> {
    private final ModelsCommand models;
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
    private String name = "";

    @Option(names = "--model-version", paramLabel = "V", description = "Default: the newest that serves.")
    private long version;

    @Option(names = "--window", paramLabel = "TIME", description = "The last time, 5m to 24h. Default: 1h, or as set")
    private String window = "";

    @Option(names = "--json", description = "Print what the server says.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with pictures, too.")
    private @Nullable Path html;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write its pictures as one SVG image, too.")
    private @Nullable Path svg;

    @Option(names = "--png", paramLabel = "FILE", description = "Write its pictures as one PNG image, too.")
    private @Nullable Path png;

    @Option(names = "--open", description = "Show the page in the desktop's browser.")
    private boolean open;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    DriftCommand(ConfigFlags flags, Surroundings surroundings) {
        this.models = new ModelsCommand(flags, surroundings);
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        String base = models.base(admin);
        try (AdminClient client = new AdminClient(base)) {
            return ask(client);
        } catch (UnsupportedOperationException e) {
            surroundings.err().println("--png: %s; --svg and --html need nothing".formatted(e.getMessage()));
        } catch (FileSystemException e) {
            surroundings.err().println("%s cannot be written: %s".formatted(e.getFile(), e));
        } catch (IOException | IllegalArgumentException e) {
            surroundings.err().println("%s: %s".formatted(base, e));
            surroundings.err().println("is a server running here? Its admin address can be given with --admin URL");
        } catch (JacksonException e) {
            surroundings.err().println(base + " is not a Penstock admin API: " + e.getOriginalMessage());
        }
        return ExitCode.FAILED;
    }

    private int ask(AdminClient client) throws IOException {
        long asked = version;
        if (asked == 0) {
            AdminClient.Answer model = client.get(AdminClient.model(name));
            if (model.failed()) {
                surroundings.err().println(model.error());
                return ExitCode.FAILED;
            }
            asked = NewestVersion.of(model.body());
        }
        String path = AdminClient.model(name, "versions", Long.toString(asked), "drift");
        String query = window.isEmpty() ? "" : "?window=" + AdminClient.encoded(window);
        AdminClient.Answer answer = client.get(path + query);
        if (answer.failed()) {
            surroundings.err().println(answer.error());
            return ExitCode.FAILED;
        }
        draw(answer.body());
        surroundings.out().print(json ? answer.text().strip() + "\n" : DriftTable.of(answer.body()));
        return exitCode(answer.body().path("status").asString(""));
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

    private static int exitCode(String status) {
        return switch (status) {
            case "ok", "notice" -> ExitCode.OK;
            case "insufficient" -> ExitCode.TOO_LITTLE;
            case "warning", "critical" -> ExitCode.DRIFTED;
            default -> ExitCode.FAILED;
        };
    }
}
