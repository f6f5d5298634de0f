package dev.penstock.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/// The page is well-formed XML too, so that the JDK's own parser says what is in it.
class HtmlReportTest {
    private static final Document PAGE = parsed(Samples.capacity(1));

    @Test
    void everyPlotHasATitleANoteAxesAndItsNumbers() {
        List<Element> figures = all(PAGE, "figure");

        assertThat(figures).hasSize(6);
        for (Element figure : figures) {
            Element svg = all(figure, "svg").getFirst();
            for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
                assertThat(byId(svg, id).getTextContent()).isNotBlank();
            }
            assertThat(all(svg, "text").stream()
                            .filter(text -> text.getAttribute("class").equals("label")))
                    .hasSize(2);
            assertThat(all(figure, "tbody")
                            .getFirst()
                            .getElementsByTagName("tr")
                            .getLength())
                    .isPositive();
            assertThat(all(figure, "figcaption").getFirst().getTextContent()).isNotBlank();
        }
    }

    @Test
    void idsAreUnique() {
        Set<String> seen = new HashSet<>();
        for (Element element : all(PAGE, "*")) {
            String id = element.getAttribute("id");
            assertThat(id.isEmpty() || seen.add(id)).as(id).isTrue();
        }
    }

    @Test
    void nothingIsFetchedAndNothingRuns() {
        assertThat(all(PAGE, "*")).extracting(Element::getTagName).doesNotContain("script", "link", "img", "iframe");
        for (Element element : all(PAGE, "*")) {
            assertThat(element.hasAttribute("src") || element.hasAttribute("href"))
                    .isFalse();
        }
        assertThat(all(PAGE, "style").getFirst().getTextContent()).doesNotContain("url(", "@import");
        assertThat(HtmlReport.of(Samples.capacity(1))).contains("content=\"default-src &#39;none&#39;; style-src");
    }

    @Test
    void whatIsNotValidIsMarkedInWordsTablesAndPlots() {
        assertThat(PAGE.getDocumentElement().getTextContent())
                .contains("NOT VALID: do not rely on 4000/s.", "4000/s (NOT VALID)", "the client was 93 % busy");
        assertThat(all(PAGE, "g").stream()
                        .filter(mark -> mark.getAttribute("class").equals("cross")))
                .hasSize(4);
        assertThat(all(PAGE, "g").stream()
                        .filter(mark -> mark.getAttribute("class").equals("dot")))
                .hasSize(12);
    }

    @Test
    void theSloIsALineAcrossThePlotsOfLatency() {
        assertThat(all(PAGE, "text").stream().map(Element::getTextContent))
                .filteredOn("SLO: p99 <= 50.0 ms"::equals)
                .hasSize(2);
    }

    @Test
    void whatIsNeededToDoItAgainIsThere() {
        assertThat(PAGE.getDocumentElement().getTextContent())
                .contains("A processor, 4 cores usable", "penstock 1.2.3", "loadtest -u localhost:8001 -m digits")
                .contains("target: localhost:8001\nmodel: digits");
    }

    @Test
    void allPointsAreInsideTheirPlot() {
        for (Element svg : all(PAGE, "svg")) {
            String[] box = svg.getAttribute("viewBox").split(" ", -1);
            for (Element circle : all(svg, "circle")) {
                assertThat(Double.parseDouble(circle.getAttribute("cx"))).isBetween(0.0, Double.parseDouble(box[2]));
                assertThat(Double.parseDouble(circle.getAttribute("cy"))).isBetween(0.0, Double.parseDouble(box[3]));
            }
            assertThat(all(svg, "path").stream().map(path -> path.getAttribute("d")))
                    .noneMatch(path -> path.contains("NaN") || path.contains("Infinity"));
        }
    }

    @Test
    void anyResultMakesAWellFormedPage() {
        for (long seed = 0; seed < 200; seed++) {
            TestResult result = Samples.anything(seed);

            Document page = parsed(result);

            assertThat(all(page, "script")).as("seed " + seed).isEmpty();
            assertThat(all(page, "h1").getFirst().getTextContent())
                    .as("seed " + seed)
                    .isEqualTo("Load test: " + result.name().replace('\u0001', '\uFFFD'));
        }
    }

    @Test
    void oneStageWithoutAnswersIsNoReasonToFail() {
        StageResult some = Samples.capacity(1).stages().getFirst();
        StageResult none = Samples.stage("none", some.windows().subList(0, 1), List.of());
        none.latency().reset();

        assertThat(all(parsed(Samples.test("a", none)), "figure")).hasSize(2);
    }

    private static Document parsed(TestResult result) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setAttribute("http://javax.xml.XMLConstants/property/accessExternalDTD", "");
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(HtmlReport.of(result))));
        } catch (Exception e) {
            throw new AssertionError("the page is not well-formed", e);
        }
    }

    private static Element byId(Element root, String id) {
        return all(root, "*").stream()
                .filter(element -> element.getAttribute("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<Element> all(Document page, String tag) {
        return all(page.getDocumentElement(), tag);
    }

    private static List<Element> all(Element root, String tag) {
        NodeList nodes = root.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
