// Reads JSON lines {"expr", "bindings", "depth"?} on stdin and answers one JSON line each:
// {"value": ...} | {"undefined": true} | {"error": "<code>"} | {"odd": "<what is not JSON>"}.
// Numbers are printed as Java prints them, so -0.0 stays visible; the bindings come from the port's own JSON reader.
import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.json.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public class JvmRunner {
  private static final Map<String, Jsonata> COMPILED = new HashMap<>();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) out.println(answer(line));
  }

  private static String answer(String line) {
    try {
      Map<?, ?> request = (Map<?, ?>) Json.parseJson(line);
      Jsonata expression = COMPILED.computeIfAbsent((String) request.get("expr"), Jsonata::jsonata);
      Jsonata.Frame frame = expression.createFrame();
      Object depth = request.get("depth");
      if (depth instanceof Number) frame.setRuntimeBounds(30_000, ((Number) depth).intValue());
      frame.bind("parse", (Jsonata.Fn1<String, Object>) Json::parseJson); // AWS adds $parse; the port does not have it
      for (Map.Entry<?, ?> e : ((Map<?, ?>) request.get("bindings")).entrySet()) frame.bind((String) e.getKey(), nulls(e.getValue()));
      Object value = expression.evaluate(null, frame);
      if (value == null) return missing((String) request.get("expr"), frame) ? "{\"undefined\":true}" : "{\"value\":null}";
      StringBuilder text = new StringBuilder("{\"value\":");
      write(value, text);
      return text.append('}').toString();
    } catch (JException e) {
      return "{\"error\":" + quote(String.valueOf(e.getError())) + "}";
    } catch (IllegalStateException e) {
      return "{\"odd\":" + quote(e.getMessage()) + "}";
    } catch (StackOverflowError e) {
      return "{\"error\":\"stack\"}";
    } catch (Throwable e) {
      return "{\"error\":" + quote(e.toString()) + "}";
    }
  }

  /** The port answers Java's null both for JSON null and for nothing; a second look tells them apart. */
  private static boolean missing(String expr, Jsonata.Frame frame) {
    Jsonata probe = COMPILED.computeIfAbsent("$exists((" + expr + "\n))", Jsonata::jsonata);
    frame.setRuntimeBounds(30_000, 10_000);
    return !Boolean.TRUE.equals(probe.evaluate(null, frame));
  }

  /** A binding that is JSON null at the top must be the port's null, for Java's null means "missing" to it. */
  private static Object nulls(Object value) {
    return value == null ? Jsonata.NULL_VALUE : value;
  }

  private static void write(Object value, StringBuilder out) {
    if (value == null || value == Jsonata.NULL_VALUE) out.append("null");
    else if (value instanceof String) out.append(quote((String) value));
    else if (value instanceof Boolean) out.append(value);
    else if (value instanceof Number) {
      double d = ((Number) value).doubleValue();
      if (Double.isNaN(d) || Double.isInfinite(d)) throw new IllegalStateException("number " + d);
      out.append(value);
    } else if (value instanceof Map) {
      String sep = "{";
      for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) {
        out.append(sep).append(quote((String) e.getKey())).append(':');
        write(e.getValue(), out);
        sep = ",";
      }
      out.append(sep.equals("{") ? "{}" : "}");
    } else if (value instanceof List) {
      String sep = "[";
      for (Object item : (List<?>) value) {
        out.append(sep);
        write(item, out);
        sep = ",";
      }
      out.append(sep.equals("[") ? "[]" : "]");
    } else throw new IllegalStateException(value.getClass().getSimpleName());
  }

  private static String quote(String s) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < 0x20 || Character.isSurrogate(c)) out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }
}
