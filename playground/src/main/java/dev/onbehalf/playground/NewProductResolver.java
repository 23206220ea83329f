package dev.onbehalf.playground;

import static org.springframework.http.MediaType.APPLICATION_JSON;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a {@link NewProduct} from a request: JSON of 64 KiB at most, strictly (one value, no field
 * twice, numbers as they are written), and never more than that into memory.
 */
final class NewProductResolver implements HandlerMethodArgumentResolver {
  private static final int MAX_BYTES = 64 * 1024;
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .readerFor(JsonNode.class);

  /** What Jackson adds about its own settings, at the end of a message. */
  private static final Pattern FOR_PROGRAMMERS =
      Pattern.compile(" \\(start marker at .*| found after value .*|: enable `.*", Pattern.DOTALL);

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == NewProduct.class;
  }

  @Override
  public NewProduct resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest webRequest,
      @Nullable WebDataBinderFactory binderFactory)
      throws IOException, HttpMediaTypeNotSupportedException {
    HttpServletRequest request = webRequest.getNativeRequest(HttpServletRequest.class);
    if (request == null) {
      throw new IllegalStateException("Not a servlet request");
    }
    checkContentType(request);
    byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      throw new ResponseStatusException(
          HttpStatus.CONTENT_TOO_LARGE, "The body has more than %s bytes.".formatted(MAX_BYTES));
    }
    return NewProduct.from(parse(body));
  }

  private static void checkContentType(HttpServletRequest request)
      throws HttpMediaTypeNotSupportedException {
    String type = request.getContentType();
    try {
      if (type != null && APPLICATION_JSON.includes(MediaType.parseMediaType(type))) {
        return;
      }
    } catch (InvalidMediaTypeException e) {
      throw unsupported(e.getMessage());
    }
    throw unsupported(
        "The body must be application/json" + (type == null ? "." : ", not " + type + "."));
  }

  private static HttpMediaTypeNotSupportedException unsupported(@Nullable String reason) {
    HttpMediaTypeNotSupportedException unsupported =
        new HttpMediaTypeNotSupportedException(reason, List.of(APPLICATION_JSON));
    unsupported.getBody().setDetail(reason); // else Spring says that the type could not be parsed
    return unsupported;
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      String reason = FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceFirst("");
      throw new BadBodyException("The body is not JSON: " + where(e) + reason);
    }
  }

  private static String where(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : "line %s, column %s: "
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }
}
