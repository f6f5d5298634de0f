package dev.penstock.server.grpc;

import dev.penstock.core.LatencySnapshot;
import dev.penstock.proto.admin.DifferenceBin;
import dev.penstock.proto.admin.MixedClasses;
import dev.penstock.proto.admin.RouteShadows;
import dev.penstock.proto.admin.RunQuantiles;
import dev.penstock.proto.admin.ShadowAgreement;
import dev.penstock.proto.admin.ShadowClasses;
import dev.penstock.proto.admin.ShadowDifferences;
import dev.penstock.proto.admin.ShadowReport;
import dev.penstock.proto.admin.ShadowRuns;
import dev.penstock.proto.admin.ShadowShift;
import dev.penstock.router.shadow.ClassTable;
import dev.penstock.router.shadow.DifferenceBins;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.server.routing.CopyView;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/// What copies of requests said, as messages of the admin API; numbers that are none are left out. Pure.
final class CopyMessages {
    private CopyMessages() {}

    static RouteShadows of(String route, List<CopyView> views) {
        return RouteShadows.newBuilder()
                .setRoute(route)
                .addAllShadows(views.stream().map(CopyMessages::of).toList())
                .build();
    }

    private static ShadowReport of(CopyView view) {
        ShadowSpec spec = view.spec();
        var report = view.report();
        ShadowReport.Builder message = ShadowReport.newBuilder()
                .setArm(view.arm())
                .setModel(view.model())
                .setVersion(view.version())
                .setCurrent(spec != null)
                .setShare(spec == null ? 0 : spec.share())
                .setTolerance(spec == null ? 0 : spec.tolerance())
                .setRan(report.counts().ran())
                .setCompared(report.counts().compared())
                .setIncomparable(report.counts().incomparable())
                .setAgreement(agreement(report))
                .setClasses(classes(report.classes()))
                .setDifferences(differences(report.differences()))
                .setShift(shift(report.shift()))
                .setRuns(runs(report.runs()));
        report.counts()
                .failed()
                .forEach((code, copies) -> message.putFailed(code.name().toLowerCase(Locale.ROOT), copies));
        report.counts().dropped().forEach((why, copies) -> message.putDropped(why.text(), copies));
        return message.build();
    }

    private static ShadowAgreement agreement(dev.penstock.router.shadow.ShadowReport report) {
        ShadowAgreement.Builder message = ShadowAgreement.newBuilder()
                .setAgreed(report.agreed())
                .setAnswered(report.answered())
                .setLower(report.leastAgreement())
                .setUpper(report.mostAgreement())
                .setTooFewUnits(report.differing().isUnsure());
        set(report.agreement(), message::setShare);
        return message.build();
    }

    private static ShadowClasses classes(ClassTable classes) {
        ShadowClasses.Builder message =
                ShadowClasses.newBuilder().setRows(classes.rows()).setSame(classes.same());
        classes.mixed()
                .forEach(each -> message.addMixed(MixedClasses.newBuilder()
                        .setPrimary(each.primary())
                        .setShadow(each.shadow())
                        .setRows(each.rows())));
        return message.build();
    }

    private static ShadowDifferences differences(DifferenceBins differences) {
        ShadowDifferences.Builder message = ShadowDifferences.newBuilder().setAnswers(differences.answers());
        for (DifferenceBins.Bin bin : differences.bins()) {
            DifferenceBin.Builder one = DifferenceBin.newBuilder().setAnswers(bin.answers());
            set(bin.above(), one::setAbove);
            set(bin.upTo(), one::setUpTo);
            message.addBins(one);
        }
        set(differences.quantile(0.5), message::setP50);
        set(differences.quantile(0.99), message::setP99);
        set(differences.quantile(1), message::setMax);
        return message.build();
    }

    private static ShadowShift shift(dev.penstock.router.shadow.ShadowReport.Shift shift) {
        ShadowShift.Builder message = ShadowShift.newBuilder().setAnswers(shift.answers());
        set(shift.mean(), message::setMean);
        set(shift.lower(), message::setLower);
        set(shift.upper(), message::setUpper);
        return message.build();
    }

    private static ShadowRuns runs(dev.penstock.router.shadow.ShadowReport.Runs runs) {
        ShadowRuns.Builder message = ShadowRuns.newBuilder().setPairs(runs.pairs());
        if (runs.pairs() > 0) {
            message.setPrimary(quantiles(runs.primary())).setShadow(quantiles(runs.shadow()));
        }
        set(runs.ratio(0.5), message::setRatioP50);
        set(runs.ratio(0.99), message::setRatioP99);
        set(runs.longer().mean(), message::setRatioMean);
        if (Double.isFinite(runs.longer().upper())) {
            set(runs.longer().lower(), message::setRatioLower);
            set(runs.longer().upper(), message::setRatioUpper);
        }
        return message.build();
    }

    private static RunQuantiles quantiles(LatencySnapshot runs) {
        return RunQuantiles.newBuilder()
                .setP50Seconds(runs.quantileSeconds(0.5))
                .setP99Seconds(runs.quantileSeconds(0.99))
                .build();
    }

    private static void set(double number, DoubleConsumer field) {
        if (Double.isFinite(number)) {
            field.accept(number);
        }
    }
}
