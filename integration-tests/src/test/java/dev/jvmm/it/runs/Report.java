package dev.jvmm.it.runs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The XML files that JUnit's launcher leaves: TEST-*.xml, one an engine. */
final class Report {

  private Report() {}

  /** All tests of the reports in a folder; none when a run came to no report. */
  static List<InnerTest> read(Path folder) {
    List<InnerTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Report::isReport).sorted().toList()) {
        try (InputStream content = Files.newInputStream(file)) {
          addTests(content, tests);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tests;
  }

  private static boolean isReport(Path file) {
    return file.getFileName().toString().matches("TEST-.*\\.xml");
  }

  private static void addTests(InputStream content, List<InnerTest> tests) throws IOException {
    try {
      NodeList cases =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(content)
              .getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        tests.add(test((Element) cases.item(i)));
      }
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(e);
    }
  }

  private static InnerTest test(Element testcase) {
    String name = testcase.getAttribute("name").replaceFirst("\\(\\)$", "");
    String className = testcase.getAttribute("classname");
    for (String element : List.of("failure", "error", "skipped")) {
      NodeList found = testcase.getElementsByTagName(element);
      if (found.getLength() > 0) {
        InnerTest.Outcome outcome =
            element.equals("skipped") ? InnerTest.Outcome.SKIPPED : InnerTest.Outcome.FAILED;
        return new InnerTest(className, name, outcome, found.item(0).getTextContent().strip());
      }
    }
    return new InnerTest(className, name, InnerTest.Outcome.PASSED, "");
  }
}
