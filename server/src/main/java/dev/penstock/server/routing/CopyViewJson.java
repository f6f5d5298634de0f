package dev.penstock.server.routing;

import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.shadow.ClassTable;
import dev.penstock.router.shadow.DifferenceBins;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowReport;
import dev.penstock.router.split.ShadowSpec;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What copies of a route's requests said, as JSON; numbers that are none are left out. Pure.
public final class CopyViewJson {
    private CopyViewJson() {}

    public static ObjectNode of(String route, List<CopyView> views) {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("route", route);
        ArrayNode shadows = node.putArray("shadows");
        views.forEach(view -> add(shadows.addObject(), view));
        return node;
    }

    private static void add(ObjectNode node, CopyView view) {
        ShadowSpec spec = view.spec();
        node.put("arm", view.arm())
                .put("model", view.model())
                .put("version", view.version())
                .put("current", spec != null);
        if (spec != null) {
            node.put("share", Share.text(spec.share())).put("tolerance", spec.tolerance());
        }
        ShadowReport report = view.report();
        add(node, report.counts());
        agreement(node.putObject("agreement"), report);
        classes(node.putObject("classes"), report.classes());
        differences(node.putObject("differences"), report.differences());
        shift(node.putObject("shift"), report.shift());
        runs(node.putObject("runs"), report.runs());
    }

    private static void add(ObjectNode node, ShadowCounts counts) {
        node.put("ran", counts.ran()).put("compared", counts.compared()).put("incomparable", counts.incomparable());
        ObjectNode failed = node.putObject("failed");
        counts.failed().forEach((code, copies) -> failed.put(code.name().toLowerCase(Locale.ROOT), copies));
        ObjectNode dropped = node.putObject("dropped");
        counts.dropped().forEach((why, copies) -> dropped.put(why.text(), copies));
    }

    private static void agreement(ObjectNode node, ShadowReport report) {
        node.put("agreed", report.agreed()).put("answered", report.answered());
        put(node, "share", report.agreement());
        node.put("lower", report.leastAgreement())
                .put("upper", report.mostAgreement())
                .put("tooFewUnits", report.differing().isUnsure());
    }

    private static void classes(ObjectNode node, ClassTable classes) {
        node.put("rows", classes.rows()).put("same", classes.same());
        ArrayNode mixed = node.putArray("mixed");
        classes.mixed()
                .forEach(each -> mixed.addObject()
                        .put("primary", each.primary())
                        .put("shadow", each.shadow())
                        .put("rows", each.rows()));
    }

    private static void differences(ObjectNode node, DifferenceBins differences) {
        node.put("answers", differences.answers());
        ArrayNode bins = node.putArray("bins");
        for (DifferenceBins.Bin bin : differences.bins()) {
            ObjectNode one = bins.addObject();
            put(one, "above", bin.above());
            put(one, "upTo", bin.upTo());
            one.put("answers", bin.answers());
        }
        put(node, "p50", differences.quantile(0.5));
        put(node, "p99", differences.quantile(0.99));
        put(node, "max", differences.quantile(1));
    }

    private static void shift(ObjectNode node, ShadowReport.Shift shift) {
        node.put("answers", shift.answers());
        put(node, "mean", shift.mean());
        put(node, "lower", shift.lower());
        put(node, "upper", shift.upper());
    }

    private static void runs(ObjectNode node, ShadowReport.Runs runs) {
        node.put("pairs", runs.pairs());
        if (runs.pairs() > 0) {
            quantiles(node.putObject("primary"), runs.primary());
            quantiles(node.putObject("shadow"), runs.shadow());
        }
        put(node, "ratioP50", runs.ratio(0.5));
        put(node, "ratioP99", runs.ratio(0.99));
        put(node, "ratioMean", runs.longer().mean());
        if (Double.isFinite(runs.longer().upper())) {
            put(node, "ratioLower", runs.longer().lower());
            put(node, "ratioUpper", runs.longer().upper());
        }
    }

    private static void quantiles(ObjectNode node, LatencySnapshot runs) {
        put(node, "p50Seconds", runs.quantileSeconds(0.5));
        put(node, "p99Seconds", runs.quantileSeconds(0.99));
    }

    private static void put(ObjectNode node, String name, double number) {
        if (Double.isFinite(number)) {
            node.put(name, number);
        }
    }
}
