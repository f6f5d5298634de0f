package dev.penstock.browser;

import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// What can be said of the looks of the page that a browser shows. Confined to the browser's thread.
public final class Looks {
    /// What WCAG 2.1 wants of text (AA), and of lines that have a meaning.
    private static final double TEXT_CONTRAST = 4.5;

    private static final double LINE_CONTRAST = 3;

    /// Functions for what pages are asked; all that is folded is unfolded.
    private static final String TOOLS = """
        const rgb = text => text.match(/[\\d.]+/g).map(Number);
        const share = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        const luminance = ([r, g, b]) => 0.2126 * share(r) + 0.7152 * share(g) + 0.0722 * share(b);
        const ground = element => {
          for (let at = element; at; at = at.parentElement) {
            const colour = rgb(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
          }
          return [255, 255, 255];
        };
        const contrast = (colour, element) => {
          const [dark, light] = [luminance(rgb(colour)), luminance(ground(element))].sort((a, b) => a - b);
          return (light + 0.05) / (dark + 0.05);
        };
        const within = (inner, outer) => inner.left >= outer.left - 0.5 && inner.right <= outer.right + 0.5
            && inner.top >= outer.top - 0.5 && inner.bottom <= outer.bottom + 0.5;
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        const said = text => [...text.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
            .map(node => node.data).join('');
        document.querySelectorAll('details').forEach(details => details.open = true);
        """;

    private final Browser browser;

    public Looks(Browser browser) {
        this.browser = browser;
    }

    /// How many pixels the page is wider than its window.
    public int overflow() {
        return browser.ask("""
            const page = document.documentElement;
            return page.scrollWidth - page.clientWidth;
            """).intValue();
    }

    /// Of the page's ground: 0 is black, 1 is white.
    public double luminance() {
        return browser.ask(TOOLS + "return luminance(ground(document.body));").doubleValue();
    }

    /// Texts that stand out too little, and by how much they do.
    public List<String> faintTexts() {
        return strings(browser.ask(TOOLS + """
            return [...document.body.querySelectorAll('*')]
                .filter(element => said(element).trim() && element.getBoundingClientRect().width > 0)
                .map(element => {
                  const style = getComputedStyle(element);
                  const drawn = element instanceof SVGElement ? style.fill : style.color;
                  return [said(element).trim().slice(0, 40), contrast(drawn, element)];
                })
                .filter(([, ratio]) => !(ratio >= %s))
                .map(([text, ratio]) => text + ': ' + ratio.toFixed(2));
            """.formatted(TEXT_CONTRAST)));
    }

    /// Likewise of the lines of plots.
    public List<String> faintLines() {
        return strings(browser.ask(TOOLS + """
            return [...document.querySelectorAll('svg .line')]
                .map(line => [line.getAttribute('d').slice(0, 20), contrast(getComputedStyle(line).stroke, line)])
                .filter(([, ratio]) => !(ratio >= %s))
                .map(([path, ratio]) => path + ': ' + ratio.toFixed(2));
            """.formatted(LINE_CONTRAST)));
    }

    /// The size of the smallest letters of plots, in pixels of the screen.
    public double smallestInPlots() {
        return browser.ask("""
            return Math.min(...[...document.querySelectorAll('svg text')].map(text => {
              const scale = text.getScreenCTM();
              return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(scale.a, scale.b);
            }));
            """).doubleValue();
    }

    /// For each plot its `title`, `width`, `height`, `lines` (each with `length`, `width`, `height`, and whether it is
    /// `inside`), and the words that are `cut` off or in `collisions` with others.
    public JsonNode plots() {
        return browser.ask(TOOLS + """
            return [...document.querySelectorAll('figure svg')].map(svg => {
              const frame = svg.getBoundingClientRect();
              const words = [...svg.querySelectorAll('text')].filter(text => said(text))
                  .map(text => ({text: said(text), box: text.getBoundingClientRect()}));
              return {
                title: svg.querySelector('title').textContent,
                width: frame.width, height: frame.height,
                lines: [...svg.querySelectorAll('.curve')].map(path => ({
                  length: path.getTotalLength(),
                  width: path.getBBox().width,
                  height: path.getBBox().height,
                  inside: within(path.getBoundingClientRect(), frame),
                })),
                cut: words.filter(word => !within(word.box, frame)).map(word => word.text),
                collisions: words.flatMap((one, i) => words.slice(i + 1)
                    .filter(other => meet(one.box, other.box)).map(other => one.text + ' | ' + other.text)),
              };
            });
            """);
    }

    public static List<String> strings(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asString)
                .toList();
    }
}
