package dev.penstock.server.picture;

import tools.jackson.databind.JsonNode;

/// A page about a version's drift that needs nothing but itself: no script, no network. Pure.
public final class DriftPage {
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;padding:0 16px;max-width:1040px;
            color:var(--text);background:var(--ground)}
            h1{font-size:22px;margin:0 0 8px}h2{font-size:16px;margin:0;overflow-wrap:anywhere}
            p{margin:2px 0;color:var(--muted);overflow-wrap:anywhere}.verdict{font-size:17px;color:var(--text)}
            .features{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:28px;
            margin-top:24px}
            .status{padding:1px 9px;border-radius:9px;font-size:14px;color:var(--on-status);white-space:nowrap}
            figure{margin:6px 0 0}svg{display:block;width:100%;height:auto;font-family:system-ui,sans-serif}
            .key{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:4px}
            """;

    private DriftPage() {}

    /// @param drift what `GET …/drift` says
    public static String of(JsonNode drift) {
        DriftView view = DriftView.of(drift);
        String title = Figures.escaped(view.title());
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\">")
                .append("<link rel=\"icon\" href=\"data:,\"><title>")
                .append(title)
                .append("</title>\n<style>\n")
                .append(Ink.styles(true))
                .append(STYLE)
                .append(DriftLines.STYLE);
        for (DriftView.Status status : DriftView.Status.values()) {
            page.append(".status.%s{background:var(--%s)}"
                    .formatted(status.text(), status.ink().style()));
        }
        page.append(".key.now{background:var(--now)}.key.usual{background:var(--usual)}\n</style></head><body>\n<h1>")
                .append(title)
                .append(' ')
                .append(status(view.status()))
                .append("</h1>\n<p class=\"verdict\">")
                .append(Figures.escaped(view.verdict()))
                .append("</p>\n<p>")
                .append(Figures.escaped(view.basis()))
                .append("</p>\n<p><span class=\"key usual\"></span>what is usual &nbsp; ")
                .append("<span class=\"key now\"></span>the window. Heights are shares of the values; ")
                .append("bins of numbers are named after the largest in them.</p>\n<div class=\"features\">\n");
        for (FeatureView feature : view.features()) {
            write(page, feature);
        }
        page.append("</div>\n");
        DriftLines.write(page, view.vectors());
        DriftLines.write(page, view.evidence());
        return page.append("</body></html>\n").toString();
    }

    private static void write(StringBuilder page, FeatureView feature) {
        SvgCanvas canvas = new SvgCanvas();
        FeaturePlot.draw(canvas, feature, 0, 0);
        String name = Figures.escaped(feature.name());
        page.append("<section><h2>")
                .append(name)
                .append(' ')
                .append(status(feature.status()))
                .append("</h2><p>")
                .append(Figures.escaped(feature.figures()))
                .append("</p>\n<figure><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>"
                        .formatted(FeaturePlot.WIDTH, FeaturePlot.HEIGHT))
                .append(name)
                .append("</title>\n")
                .append(canvas.elements())
                .append("</svg></figure></section>\n");
    }

    static String status(DriftView.Status status) {
        return "<span class=\"status %1$s\">%1$s</span>".formatted(status.text());
    }
}
