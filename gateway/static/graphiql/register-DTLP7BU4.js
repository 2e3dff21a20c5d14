import{a,b}from"./chunk-IK54YIBH.js";import"./chunk-O4TFWYIN.js";import"./chunk-JCK4IVCI.js";import"./chunk-TTQFN5Q6.js";export{b as getWorker,a as jsonDefaults};
