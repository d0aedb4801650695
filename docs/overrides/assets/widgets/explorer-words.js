// What the cost explorer says, in the page's language.
const WORDS = {
  en: {
    layer: "One layer",
    network: "The whole network",
    fields: {
      kernel: "kernel",
      in: "channels in",
      out: "channels out",
      size: "input size",
      stride: "stride",
      network: "network",
      alpha: "width multiplier α",
      resolution: "resolution",
    },
    networks: {
      mobilenet: "MobileNet",
      standard: "standard convolutions",
      shallow: "shallow network",
    },
    mult_adds: "multiply-adds",
    parameters: "parameters",
    convolutions: {
      standard: "standard",
      depthwise: "depthwise",
      pointwise: "pointwise",
      separable: "the two together",
    },
    withStandard: "standard instead",
    withSeparable: "separable instead",
    reduction: "standard ÷ separable",
    relativeTo: (network) => `of ${network}`,
    paper: "in the paper",
    accuracy: "top-1 in the paper",
    inTables: (accuracy, tables) =>
      `${accuracy} (Table${tables.length > 1 ? "s" : ""} ${tables.join(", ")})`,
    notInPaper: "none for this setting",
    output: (shape) => `Output ${shape}`,
    byLayer: "Layer by layer",
    columns: { layer: "layer", output: "output" },
    rows: { classifier: "classifier", others: "norm, bias" },
    copy: "Copy a link to this setting",
    copied: "Link copied",
    wholeNumber: (min, max) => `Give a whole number from ${min} to ${max}.`,
    oddNumber: (min, max) => `Give an odd number from ${min} to ${max}.`,
    number: (min, max) => `Give a number from ${min} to ${max}.`,
    choice: (names) => `Choose one of: ${names}.`,
    inField: (problem, shown) => `${problem} Shown: ${shown}.`,
    inLink: (given, problem, shown) => `The link has ${given}. ${problem} Shown: ${shown}.`,
    describeLayer: (standard, separable, ratio) =>
      `Standard: ${standard}. Depthwise separable: ${separable}. ` +
      `Standard divided by separable is ${ratio}.`,
    describeNetwork: (network, cost, accuracy) =>
      `${network}: ${cost}. Accuracy in the paper: ${accuracy}.`,
    cost: (mult_adds, parameters) => `${mult_adds} multiply-adds, ${parameters} parameters`,
    rounded: (number) => `${number / 1e6} million`,
  },
  ko: {
    layer: "층 하나",
    network: "네트워크 전체",
    fields: {
      kernel: "커널",
      in: "입력 채널",
      out: "출력 채널",
      size: "입력 크기",
      stride: "스트라이드",
      network: "네트워크",
      alpha: "너비 배율 α",
      resolution: "해상도",
    },
    networks: {
      mobilenet: "MobileNet",
      standard: "일반 합성곱",
      shallow: "얕은 네트워크",
    },
    mult_adds: "곱셈-덧셈",
    parameters: "매개변수",
    convolutions: {
      standard: "일반",
      depthwise: "깊이별",
      pointwise: "점별",
      separable: "깊이별 + 점별",
    },
    withStandard: "일반 합성곱이라면",
    withSeparable: "깊이별 분리 합성곱이라면",
    reduction: "일반 ÷ 깊이별 분리",
    relativeTo: (network) => `${network} 대비`,
    paper: "논문의 값",
    accuracy: "논문의 top-1 정확도",
    inTables: (accuracy, tables) => `${accuracy}(표 ${tables.join(", ")})`,
    notInPaper: "이 설정은 논문에 없음",
    output: (shape) => `출력 ${shape}`,
    byLayer: "층별",
    columns: { layer: "층", output: "출력" },
    rows: { classifier: "분류기", others: "정규화, 편향" },
    copy: "이 설정의 링크 복사",
    copied: "링크를 복사했습니다",
    wholeNumber: (min, max) => `${min}부터 ${max}까지의 정수를 넣으십시오.`,
    oddNumber: (min, max) => `${min}부터 ${max}까지의 홀수를 넣으십시오.`,
    number: (min, max) => `${min}부터 ${max}까지의 수를 넣으십시오.`,
    choice: (names) => `다음 가운데 하나를 고르십시오: ${names}.`,
    inField: (problem, shown) => `${problem} 지금 값은 ${shown}입니다.`,
    inLink: (given, problem, shown) =>
      `링크에 적힌 값은 ${given}입니다. ${problem} 지금 값은 ${shown}입니다.`,
    describeLayer: (standard, separable, ratio) =>
      `일반 합성곱은 ${standard}, 깊이별 분리 합성곱은 ${separable}이고 일반 합성곱이 ${ratio}배입니다.`,
    describeNetwork: (network, cost, accuracy) => `${network}: ${cost}. 논문의 정확도: ${accuracy}.`,
    cost: (mult_adds, parameters) => `곱셈-덧셈 ${mult_adds}회, 매개변수 ${parameters}개`,
    rounded(number) {
      const hundredMillions = Math.floor(number / 1e8);
      const parts = [hundredMillions && `${hundredMillions}억`, `${(number % 1e8) / 1e4}만`];
      return parts.filter(Boolean).join(" ");
    },
  },
};

export const words = WORDS[document.documentElement.lang] ?? WORDS.en;
