import{a,b}from"./chunk-W2YYUJKY.js";import"./chunk-I4HYUJ56.js";import"./chunk-A2CW4S6J.js";import"./chunk-HZMWPBKM.js";export{b as getWorker,a as jsonDefaults};
