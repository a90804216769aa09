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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

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
      bindAdded(frame);
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

  /** What AWS adds to JSONata and takes away; the port knows nothing of that. */
  private static void bindAdded(Jsonata.Frame frame) {
    frame.bind("eval", (Object) null); // AWS has no $eval
    frame.bind("parse", (Jsonata.Fn1<String, Object>) text -> text == null ? null : Json.parseJson(text));
    frame.bind("partition", (Jsonata.Fn2<Object, Number, Object>) JvmRunner::partition);
    frame.bind("range", new Jsonata.JFunction((input, args) -> range(args), null));
    frame.bind("hash", (Jsonata.Fn2<String, String, Object>) JvmRunner::hash);
    frame.bind("random", (Jsonata.Fn1<Number, Object>) seed -> seed == null ? Math.random() : new Random(seed.longValue()).nextDouble());
  }

  private static Object partition(Object items, Number size) {
    if (items == null || size == null || size.intValue() < 1) return null;
    List<?> list = items instanceof List ? (List<?>) items : List.of(items);
    List<Object> parts = new ArrayList<>();
    for (int at = 0; at < list.size(); at += size.intValue()) {
      parts.add(new ArrayList<>(list.subList(at, Math.min(list.size(), at + size.intValue()))));
    }
    return parts.isEmpty() ? null : parts;
  }

  private static Object range(List<?> ends) {
    if (ends.size() < 3 || ends.contains(null)) return null;
    long start = ((Number) ends.get(0)).longValue();
    long end = ((Number) ends.get(1)).longValue();
    long by = ((Number) ends.get(2)).longValue();
    if (by == 0 || (end - start) / by >= 1_000_000) throw new IllegalArgumentException("range");
    List<Object> values = new ArrayList<>();
    for (long at = start; by > 0 ? at <= end : at >= end; at += by) values.add(at);
    return values.isEmpty() ? null : values.size() == 1 ? values.get(0) : values;
  }

  private static Object hash(String text, String algorithm) {
    if (text == null || algorithm == null) return null;
    try {
      byte[] digest = MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException(algorithm);
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
