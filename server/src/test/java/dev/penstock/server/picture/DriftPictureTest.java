package dev.penstock.server.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DriftPictureTest {
    private static final String FEATURES = """
        {"name": "age", "status": "ok", "n": 900, "psi": 0.0123456, "pNoDrift": 0.5, "ks": 0.01, "wassersteinNorm": 0.2,
         "bins": [{"label": "18.25", "baseline": 10, "window": 30}, {"label": "+Inf", "baseline": 30, "window": 10}]},
        {"name": "<b>&\\"\\u0001", "status": "critical", "n": 900, "psi": null, "pNoDrift": null, "ks": null,
         "wassersteinNorm": null, "bins": [{"label": "__other__", "baseline": 0, "window": 0},
           {"label": "<script>alert(1)</script>", "baseline": 1, "window": 3}]},
        {"name": "empty", "status": "insufficient", "n": 0, "bins": []}
        """;

    private static JsonNode drift(String features) {
        return JsonMapper.shared().readTree("""
            {"model": "fraud & co", "version": 7, "window": "1h", "from": "a", "to": "b", "status": "critical",
             "phase": "watching", "note": "", "n": 900, "baseline": {"id": "3f9c", "rows": 10000},
             "features": [%s]}
            """.formatted(features));
    }

    private static Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newNSInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(UTF_8)));
    }

    @Test
    void whatDriftedComesFirst() {
        DriftView view = DriftView.of(drift(FEATURES));

        assertThat(view.features())
                .extracting(one -> one.status().text())
                .containsExactly("critical", "ok", "insufficient");
        assertThat(view.verdict()).isEqualTo("Critical: it has drifted far.");
        assertThat(view.basis()).isEqualTo("Last 1h, a to b: 900 rows against 10,000 of baseline 3f9c.");
        assertThat(view.features().get(1).figures())
                .isEqualTo("900 values, PSI 0.0123, p 0.5, KS 0.01, distance 0.2 sd");
        assertThat(view.features().get(1).bins())
                .containsExactly(new FeatureView.Bin("18.25", 0.25, 0.75), new FeatureView.Bin("+Inf", 0.75, 0.25));
    }

    @Test
    void whatMakesTheStatusWhatItIsComesFirst() {
        DriftView view = DriftView.of(drift("""
                {"name": "age", "status": "critical", "n": 900, "psi": 0, "pNoDrift": 1, "ks": 0,
                 "wassersteinNorm": 0, "bins": [],
                 "reasons": [{"kind": "nan", "baseline": 0.001, "window": 0.12}]}"""));

        assertThat(view.features().getFirst().figures())
                .isEqualTo("12 % nan (usually 0.1 %), 900 values, PSI 0, p 1, KS 0, distance 0 sd");
    }

    @Test
    void anAnswerWithoutABaselineSaysWhatIsDone() {
        JsonNode learning = JsonMapper.shared()
                .readTree("{\"model\":\"m\",\"status\":\"insufficient\",\"phase\":\"learning\",\"features\":[]}");

        assertThat(DriftView.of(learning).verdict())
                .isEqualTo("Insufficient: too little is known to say whether it has drifted. It is learning.");
        assertThat(DriftPage.of(learning)).contains("a baseline to come").doesNotContain("<section>");
        assertThat(DriftImage.svg(learning)).contains("Insufficient");
    }

    @Test
    void aNoteIsAboutSomethingAndNotAboutAll() {
        JsonNode noted = JsonMapper.shared().readTree("""
                {"model": "m", "status": "ok", "phase": "watching", "note": "version 3 is not loaded", "features": []}
                """);

        assertThat(DriftView.of(noted).verdict())
                .isEqualTo("Ok: nothing has changed that matters. Note: version 3 is not loaded.");
    }

    @Test
    void aPageTellsOfVectorsAndOfSubWindowsTogether() {
        JsonNode told = JsonMapper.shared().readTree("""
            {"model": "m", "status": "warning", "phase": "watching", "features": [], "vectors": [
              {"name": "output:<emb>", "status": "warning", "n": 112, "mmd2": 0.0412, "mmdP": null, "centroidShift": 0.31}],
             "evidence": {"status": "notice", "subWindows": 4, "features": [
              {"name": "calm", "status": "ok", "logE": null, "alarmAt": 12, "psi": null, "meanShifting": false},
              {"name": "moved", "status": "notice", "logE": 6, "alarmAt": 12, "psi": 0.2, "meanShift": -0.4,
               "meanShifting": true}]}}
            """);

        assertThat(DriftPage.of(told))
                .contains(
                        "<td>output:&lt;emb&gt;</td><td><span class=\"status warning\">warning</span></td><td>112</td>"
                                + "<td>0.0412</td><td>–</td><td>0.31</td>")
                .contains("What 4 sub-windows say together <span class=\"status notice\">")
                .containsSubsequence("<td>moved</td>", "<td>0.5</td><td>0.2</td><td>-0.4 sd</td>", "<td>calm</td>");
        assertThat(DriftPage.of(drift(FEATURES))).doesNotContain("<table");
    }

    @Test
    void namesAreShownAndNeverRead() throws Exception {
        String page = DriftPage.of(drift(FEATURES));
        Document image = parsed(DriftImage.svg(drift(FEATURES)));

        assertThat(page).doesNotContain("<script", "<b>", "\u0001").contains("&lt;b&gt;&amp;&quot;", "fraud &amp; co");
        assertThat(image.getElementsByTagName("script").getLength()).isZero();
        assertThat(image.getDocumentElement().getTextContent()).contains("<b>&\"", "nothing was counted", "critical");
    }

    @Test
    void barsAreAsHighAsTheirShares() throws Exception {
        Document image = parsed(DriftImage.svg(drift(FEATURES)));
        var boxes = image.getElementsByTagName("rect");
        double usual = 0;
        double now = 0;
        for (int i = 0; i < boxes.getLength(); i++) {
            var box = boxes.item(i).getAttributes();
            double height = Double.parseDouble(box.getNamedItem("height").getNodeValue());
            if (boxes.item(i).getTextContent().startsWith("18.3, usual: 25 %")) {
                usual = height;
            } else if (boxes.item(i).getTextContent().startsWith("18.3, now: 75 %")) {
                now = height;
            }
        }

        assertThat(usual).isPositive();
        assertThat(now / usual).isBetween(2.9, 3.1);
    }

    @Test
    void thePictureInPixelsHasTheSameInks() throws IOException {
        byte[] png;
        try {
            png = DriftImage.png(drift(FEATURES));
        } catch (UnsupportedOperationException e) {
            abort(e.getMessage());
            return;
        }
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));

        Set<Integer> colours = new HashSet<>();
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                colours.add(image.getRGB(x, y) & 0xffffff);
            }
        }
        assertThat(image.getWidth()).isGreaterThan(2 * FeaturePlot.WIDTH * RasterCanvas.SCALE);
        assertThat(colours)
                .contains(
                        Ink.USUAL.light(),
                        Ink.NOW.light(),
                        Ink.TEXT.light(),
                        Ink.OK.light(),
                        Ink.CRITICAL.light(),
                        Ink.INSUFFICIENT.light());
    }

    @Test
    void anImageHasABoundOnItsSize() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            many.append(i == 0 ? "" : ",")
                    .append("{\"name\": \"f%d\", \"status\": \"ok\", \"n\": 1, \"bins\": []}".formatted(i));
        }

        assertThat(DriftImage.svg(drift(many.toString())))
                .contains("60 features are left out", ">f39<")
                .doesNotContain(">f40<");
        assertThat(DriftPage.of(drift(many.toString()))).contains("f99");
    }

    @ParameterizedTest
    @CsvSource({
        "18.25, 18.3",
        "-0.000012345, -1.23e-05",
        "1.0E7, 1.00e+07",
        "100.0, 100",
        "0.0, 0",
        "+Inf, more",
        "setosa, setosa",
        "1st, 1st",
        "2026-01-01, 2026-01-01"
    })
    void numbersAreShort(String label, String expected) {
        assertThat(Figures.label(label)).isEqualTo(expected);
    }

    @Test
    void noCountryChangesANumber() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(DriftImage.svg(drift(FEATURES)))
                    .contains("0.0123", "10,000")
                    .doesNotContain("0,0123");
        } finally {
            Locale.setDefault(before);
        }
    }
}
