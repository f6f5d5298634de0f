package dev.penstock.server.picture;

import java.util.List;

/// The tables of a page of drift: vectors as wholes, and what sub-windows say together. Pure.
final class DriftLines {
    static final String STYLE = """
            h2.more{margin-top:28px}table{border-collapse:collapse;margin-top:8px;width:100%}
            th,td{text-align:left;padding:3px 10px 3px 0;overflow-wrap:anywhere;vertical-align:top}
            th{color:var(--muted);font-weight:normal}
            """;

    private DriftLines() {}

    static void write(StringBuilder page, List<VectorView> vectors) {
        if (vectors.isEmpty()) {
            return;
        }
        page.append("<h2 class=\"more\">Vectors as wholes</h2>\n<p>MMD is the squared distance of the distributions, ")
                .append("less what chance adds; the middle moved by so many standard deviations.</p>\n");
        head(page, "vectors", "Vector", "Status", "Vectors", "MMD", "p", "Middle");
        for (VectorView vector : vectors) {
            row(
                    page,
                    Figures.escaped(vector.name()),
                    DriftPage.status(vector.status()),
                    Long.toString(vector.vectors()),
                    Figures.short3(vector.mmd()),
                    Figures.short3(vector.p()),
                    Figures.short3(vector.shift()));
        }
        page.append("</table>\n");
    }

    static void write(StringBuilder page, EvidenceView evidence) {
        if (evidence.subWindows() == 0) {
            return;
        }
        page.append("<h2 class=\"more\">What %d sub-windows say together ".formatted(evidence.subWindows()))
                .append(DriftPage.status(evidence.status()))
                .append("</h2>\n<p>Evidence of 1 is enough for an alert, if the values since it began to grow differ ")
                .append("by as much as matters and it does not hang on one sub-window.")
                .append(evidence.left() > 0 ? " %d features are left out.".formatted(evidence.left()) : "")
                .append("</p>\n");
        head(page, "evidence", "Feature", "Status", "Evidence", "PSI since", "Mean moved");
        for (EvidenceView.Line line : evidence.features()) {
            row(
                    page,
                    Figures.escaped(line.name()),
                    DriftPage.status(line.status()),
                    Figures.short3(line.part()),
                    Figures.short3(line.psi()),
                    Double.isNaN(line.moving()) ? "–" : Figures.short3(line.moving()) + " sd");
        }
        page.append("</table>\n");
    }

    private static void head(StringBuilder page, String name, String... cells) {
        page.append("<table class=\"").append(name).append("\"><tr>");
        for (String cell : cells) {
            page.append("<th>").append(cell).append("</th>");
        }
        page.append("</tr>\n");
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("<tr>");
        for (String cell : cells) {
            page.append("<td>").append(cell).append("</td>");
        }
        page.append("</tr>\n");
    }
}
