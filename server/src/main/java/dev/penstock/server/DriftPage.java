package dev.penstock.server;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// A page about a version's drift that needs nothing but itself: no script, no network. Pure.
final class DriftPage {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 120;
    private static final int FOOT = 16;

    private static final String STYLE = """
            body{font:14px/1.4 system-ui,sans-serif;margin:2em auto;max-width:1040px;color:#222;background:#fff}
            h1{font-size:20px}h2{font-size:15px;margin:0 0 4px}
            .g{display:grid;grid-template-columns:repeat(auto-fill,minmax(480px,1fr));gap:24px}
            .s{padding:1px 8px;border-radius:8px;color:#fff;background:#888}
            .ok{background:#2a7d46}.notice{background:#33689c}.warning{background:#b36b00}.critical{background:#b3261e}
            .b{fill:#b8c4d0}.w{fill:#d2691e;fill-opacity:.65}text{font:10px system-ui,sans-serif;fill:#555}
            p{margin:2px 0;color:#555}
            """;

    private DriftPage() {}

    static String of(JsonNode drift) {
        StringBuilder page = new StringBuilder();
        String title = "Drift of %s version %d"
                .formatted(
                        escaped(drift.path("model").asString("")),
                        drift.path("version").asLong());
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(title)
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(title)
                .append(' ')
                .append(status(drift))
                .append("</h1>\n<p>Last %s, %s to %s: %d rows against %d of baseline %s. "
                        .formatted(
                                escaped(drift.path("window").asString("")),
                                escaped(drift.path("from").asString("?")),
                                escaped(drift.path("to").asString("?")),
                                drift.path("n").asLong(),
                                drift.path("baseline").path("rows").asLong(),
                                escaped(drift.path("baseline").path("id").asString(""))))
                .append("Grey: what is usual. Orange: the window. Heights are shares of the values.</p>\n")
                .append("<div class=\"g\">\n");
        for (JsonNode feature : drift.path("features")) {
            write(page, feature);
        }
        return page.append("</div></body></html>\n").toString();
    }

    private static void write(StringBuilder page, JsonNode feature) {
        page.append("<section><h2>")
                .append(escaped(feature.path("name").asString("")))
                .append(' ')
                .append(status(feature))
                .append("</h2><p>n %d, PSI %s, p %s, KS %s, Wasserstein %s</p>"
                        .formatted(
                                feature.path("n").asLong(),
                                number(feature.path("psi")),
                                number(feature.path("pNoDrift")),
                                number(feature.path("ks")),
                                number(feature.path("wassersteinNorm"))));
        plot(page, feature.path("bins"));
        page.append("</section>\n");
    }

    private static void plot(StringBuilder page, JsonNode bins) {
        double baseline = sum(bins, "baseline");
        double window = sum(bins, "window");
        double most = 0;
        for (JsonNode bin : bins) {
            most = Math.max(most, Math.max(share(bin, "baseline", baseline), share(bin, "window", window)));
        }
        page.append("<svg viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\">".formatted(WIDTH, HEIGHT + FOOT));
        double step = (double) WIDTH / Math.max(1, bins.size());
        int every = Math.max(1, (bins.size() + 7) / 8);
        int i = 0;
        for (JsonNode bin : bins) {
            double left = i * step;
            String name = bin.path("label").asString("");
            String label = escaped(name);
            bar(page, "b", left + step * 0.05, step * 0.9, share(bin, "baseline", baseline), most, label);
            bar(page, "w", left + step * 0.25, step * 0.5, share(bin, "window", window), most, label);
            if (i % every == 0) {
                page.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\">%s</text>",
                        left,
                        HEIGHT + FOOT - 4,
                        escaped(name.substring(0, Math.min(9, name.length())))));
            }
            i++;
        }
        page.append("</svg>");
    }

    private static void bar(
            StringBuilder page, String kind, double left, double width, double share, double most, String label) {
        double height = most == 0 ? 0 : share / most * HEIGHT;
        page.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s: %.4f</title></rect>",
                kind,
                left,
                HEIGHT - height,
                width,
                height,
                label,
                share));
    }

    private static double sum(JsonNode bins, String of) {
        double sum = 0;
        for (JsonNode bin : bins) {
            sum += bin.path(of).asDouble(0);
        }
        return sum;
    }

    private static double share(JsonNode bin, String of, double all) {
        return all == 0 ? 0 : bin.path(of).asDouble(0) / all;
    }

    private static String status(JsonNode of) {
        String status = escaped(of.path("status").asString(""));
        return "<span class=\"s %s\">%s</span>".formatted(status, status);
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.3g", value.asDouble()) : "–";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
